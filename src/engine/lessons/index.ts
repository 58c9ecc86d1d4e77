/**
 * Lessons: Markdown files read strictly, the world each starts in, and a grader that watches a cluster through its API.
 * @fidelity partial: no ::demo, no logs() in checks
 */
export { type BodyScan, type Step, splitSteps } from './body.ts';
export type { CheckGrade, CheckState, Grade, PredictionGrade } from './grade.ts';
export { type Grader, type GraderOptions, startGrader } from './grader.ts';
export {
  type BodyCommand,
  type BodyDirective,
  type Check,
  type Course,
  type Lesson,
  LessonError,
  type LessonImage,
  type LessonProblem,
  type LessonWorld,
  type Prediction,
} from './lesson.ts';
export { type Observations, type Observed, Observer, type TimedCommand } from './observations.ts';
export { parseCourse, parseLesson, translateLesson } from './parse-lesson.ts';
export { resourceByName, type TrafficCount, type TypedCommand, type Visit } from './view.ts';
export { clusterOptions, type LessonFiles } from './world-options.ts';
