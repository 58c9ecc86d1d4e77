/** What tabs of one cluster say to each other over a BroadcastChannel. Ports cannot cross it: each becomes a channel of its own. */

/** In place of a port among the arguments: the name of the channel that stands for it. */
export interface PortName {
  readonly portChannel: string;
}

export type TabMessage =
  | {
      readonly type: 'call';
      readonly id: string;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly type: 'result'; readonly id: string; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: string; readonly message: string };

export const channelOf = (cluster: string): string => `podarium/tabs/${cluster}`;

export const isPortName = (value: unknown): value is PortName =>
  typeof value === 'object' && value !== null && 'portChannel' in value;
