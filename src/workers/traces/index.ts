/** Explanations: loaded when somebody asks. */
export { explainScheduling } from './scheduling.ts';
export { explain } from './why.ts';
