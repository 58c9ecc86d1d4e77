/** Say what you expect before you try it; what happens then is told by the cluster. */
import { useLesson } from './lesson-context.ts';
import { Phrase } from './Phrase.tsx';
import { change, progressOf } from './progress.ts';

export function Predict({ id }: { readonly id: string }) {
  const { id: lessonId, lesson, progress, grade, say } = useLesson();
  const prediction = lesson.predictions.find((one) => one.id === id);
  if (!prediction) return null;
  const { options } = prediction;
  const guess = progress.predictions[id];
  const answer = grade?.predictions.find((one) => one.id === id)?.answer ?? progress.answers[id];
  const choose = (index: number) =>
    change(lessonId, { predictions: { ...progressOf(lessonId).predictions, [id]: index } });
  return (
    <fieldset className="lesson-predict" data-predict={id}>
      <legend>{say('predict')}</legend>
      <p>
        <Phrase text={prediction.ask} />
      </p>
      <div className="lesson-options">
        {options.map((option, index) => (
          <label key={option} data-right={answer === index || undefined}>
            <input
              type="radio"
              name={`${lessonId}-${id}`}
              checked={guess === index}
              disabled={answer !== undefined}
              onChange={() => choose(index)}
            />
            {option}
          </label>
        ))}
      </div>
      <p className="lesson-verdict" role="status">
        {verdict()}
      </p>
    </fieldset>
  );

  function verdict(): string {
    const said = guess === undefined ? undefined : options[guess];
    if (answer === undefined) return said === undefined ? '' : say('predicted', { option: said });
    const option = options[answer] ?? '';
    if (said === undefined) return say('unpredicted', { option });
    return guess === answer ? say('right', { option }) : say('wrongGuess', { guess: said, option });
  }
}
