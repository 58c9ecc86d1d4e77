/** The grader with all it needs (CEL): loaded when the first lesson is watched. */
export { Observer, startGrader } from '#engine/lessons';
