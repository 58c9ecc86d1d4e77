/** What has just happened, said in the corner. */
import { freshId, type Message, update, useSession } from './session.ts';

const MESSAGE_MS = 8000;

/** Says something for a while; what went wrong stays until it is dismissed. */
export function notify(message: Omit<Message, 'id'>): void {
  const id = freshId();
  update({ messages: [...useSession.getState().messages.slice(-2), { id, ...message }] });
  if (message.tone === 'good') setTimeout(() => dismiss(id), MESSAGE_MS);
}

export const dismiss = (id: number): void => {
  update({ messages: useSession.getState().messages.filter((message) => message.id !== id) });
};
