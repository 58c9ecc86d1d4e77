/** Delegated authentication and authorization: servers beside the API server ask it who somebody is, and what they may. A second door of the room. */
export { type DelegatedUser, reviewAccess, reviewToken } from './reviews.ts';
