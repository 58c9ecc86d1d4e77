/** Explanations: loaded when somebody asks. */

export { requestRows } from './request-rows.ts';
export { explainScheduling } from './scheduling.ts';
export { walkOf } from './walk.ts';
export { explain } from './why.ts';
