# syntax=docker/dockerfile:1

# The build has compilers: native modules are built from source where no prebuilt binary can be fetched.
FROM node:24-bookworm AS build
WORKDIR /app
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsoa.json config.default.env ./
COPY tools ./tools
COPY src ./src
COPY public ./public
RUN npm run build && npm prune --omit=dev

# The same Debian as above, so that the native modules find the C library they were built for.
FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app/package.json /app/config.default.env ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/public ./public
COPY --from=build /app/src/generated/openapi.json ./src/generated/openapi.json
RUN ln -s /app/dist/cli/main.js /usr/local/bin/switchyard \
 && chmod +x dist/cli/main.js \
 && install -d -o node -g node /data

ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    STATE_DIR=/data/state
# DATA_FILE stays unset: the default, data/data.json from here, is /data/data.json, and a sample is written
# where none is there. One that is set has to exist.
WORKDIR /
VOLUME /data
EXPOSE 8000
USER node

# The certificate is for the name that clients use, not for the loopback address.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "const {PORT = 8000, TLS_CERT_FILE: tls} = process.env; if (tls) process.env.NODE_TLS_REJECT_UNAUTHORIZED = 0; fetch(`http${tls ? 's' : ''}://127.0.0.1:${PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# No init process is needed: the service handles SIGTERM and SIGINT itself and has no child processes to reap.
STOPSIGNAL SIGTERM
CMD ["node", "/app/dist/main.js"]
