// Written by tsoa from the controllers; never edited. `npm run generate` writes it again.
import type { Models, Route } from '../platform/http/route-table.js';
import { TokensController } from './../modules/access/tokens.controller.js';

export const models: Models = {
};

export const routes: readonly Route[] = [
  {
    method: "get",
    path: "/api/v1/tokens",
    controller: TokensController,
    action: "list",
    successStatus: undefined,
    security: [{"token":["admin"]}],
    parameters: [
    ],
  },
];
