/** Requests in the palette. */
import { type Command, openRequests } from '../../session/index.ts';

export const commands: readonly Command[] = [
  {
    id: 'requests.open',
    label: { en: "Requests: a request's walk", zh: '请求：请求走过的路' },
    also: 'api server audit rbac admission authorization forbidden denied 审计 鉴权 准入',
    run: () => openRequests({}),
  },
  {
    id: 'requests.refused',
    label: { en: 'Requests that were refused', zh: '被拒绝的请求' },
    also: 'forbidden denied rbac 403 error 禁止',
    run: () => openRequests({ refused: true }),
  },
];
