import type { Channel } from 'rabbitmq-client';

interface HeaderFrame {
  fields: { contentEncoding?: string };
}

interface ChannelInside {
  _onHeader?: (this: Channel, frame: HeaderFrame) => void;
}

/**
 * Makes a channel of rabbitmq-client hand bodies over as bytes. By itself it parses JSON and decodes text by the content
 * type, which loses digits of large numbers and bytes that are no UTF-8; it leaves a body alone that says how it is encoded.
 * Reaches inside the package, so its version is pinned and a spec holds this.
 */
export function keepBytes(channel: Channel): Channel {
  const inside = channel as unknown as ChannelInside;
  const onHeader = inside._onHeader;
  if (!onHeader)
    throw new Error('this version of rabbitmq-client has no _onHeader: bodies would not stay as they came');
  inside._onHeader = (frame) => {
    frame.fields.contentEncoding ||= 'identity';
    onHeader.call(channel, frame);
  };
  return channel;
}
