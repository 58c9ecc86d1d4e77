/** --raw: a request as the user spelled it, the answer as it came. */
import { type Body, bodyText } from '#engine/http';
import { CommandError } from '../errors.ts';
import type { Session } from '../session.ts';
import { type Json, marshal } from '../text/json.ts';

export async function rawRequest(session: Session, method: string, path: string, body?: string): Promise<void> {
  if (!path.startsWith('/'))
    throw new CommandError(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
  const rawBody: Body | undefined = body === undefined ? undefined : { kind: 'text', text: body };
  const response = await session.rest().request(method, path, { raw: true, ...(rawBody && { rawBody }) });
  if (response.body?.kind === 'stream' && response.body.framing === 'bytes') {
    for (
      let bytes = await response.body.frames.read();
      bytes !== undefined;
      bytes = await response.body.frames.read()
    ) {
      await session.writeBytes('stdout', bytes);
    }
    return;
  }
  const text =
    response.body?.kind === 'json' ? `${marshal(response.body.value as Json)}\n` : await bodyText(response.body);
  session.out(text);
}
