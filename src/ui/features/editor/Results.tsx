/** What the server did with each object, and everything that is wrong with the file. */
import { Button, IconButton } from '../../design/index.ts';
import { select } from '../../session/index.ts';
import type { Outcome, Verdict } from './cluster/apply.ts';
import type { Diagnostic, QuickFix } from './diagnostics.ts';
import type { TextRange } from './manifest/manifests.ts';
import type { Run } from './use-run.ts';
import type { EditorSay } from './words/words.ts';

interface ResultsProps {
  /** Without Monaco its keys are not there either. */
  readonly plain: boolean;
  readonly run: Run | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly say: EditorSay;
  readonly onReveal: (range: TextRange) => void;
  readonly onFix: (fix: QuickFix) => void;
  readonly onTakeOver: () => void;
  readonly onClose: () => void;
}

const TONES: { readonly [verdict in Verdict]: string } = {
  created: 'good',
  configured: 'busy',
  unchanged: 'idle',
  deleted: 'warn',
  absent: 'idle',
  refused: 'bad',
};
const SHAPES: { readonly [verdict in Verdict]: string } = {
  created: '+',
  configured: '~',
  unchanged: '=',
  deleted: '−',
  absent: '∅',
  refused: '✕',
};

export function Results({ plain, run, diagnostics, say, onReveal, onFix, onTakeOver, onClose }: ResultsProps) {
  const conflict = run?.outcomes.some((outcome) => outcome.conflict) ?? false;
  return (
    <section className="editor-results" aria-label={say('results')}>
      {run && (
        <>
          <div className="editor-command">
            <code>{`$ ${run.command}`}</code>
            <IconButton label={say('closeResults')} onClick={onClose}>
              ×
            </IconButton>
          </div>
          <div role="status">
            <ul className="editor-outcomes">
              {run.failure !== undefined && <li data-tone="bad">{run.failure}</li>}
              {run.outcomes.map((outcome) => (
                <OutcomeLine key={outcome.manifest.index} outcome={outcome} run={run} say={say} />
              ))}
            </ul>
          </div>
          {conflict && (
            <p className="editor-conflict">
              {say('takeOverText')} <Button onClick={onTakeOver}>{say('takeOver')}</Button>
            </p>
          )}
        </>
      )}
      <ProblemList diagnostics={diagnostics} say={say} onReveal={onReveal} onFix={onFix} />
      {!plain && <p className="editor-keys">{say('keys')}</p>}
    </section>
  );
}

function OutcomeLine({ outcome, run, say }: { readonly outcome: Outcome; readonly run: Run; readonly say: EditorSay }) {
  const { verdict, title, resource, namespace, name } = outcome;
  const there = resource && name !== '' && run.kind === 'apply' && verdict !== 'refused';
  return (
    <li data-tone={TONES[verdict]}>
      <span className="editor-shape" aria-hidden="true">
        {SHAPES[verdict]}
      </span>
      {there ? (
        <button type="button" className="editor-link" onClick={() => select({ resource, namespace, name })}>
          {title}
        </button>
      ) : (
        <code>{title}</code>
      )}{' '}
      <strong>{say(verdict)}</strong>
      {run.kind !== 'apply' && run.kind !== 'delete' && <span className="quiet">{` (${say('serverDryRun')})`}</span>}
      {outcome.causes.map(({ field, message }) => (
        <span key={field + message} className="editor-cause">
          {field === '' || message.includes(field) ? message : `${field}: ${message}`}
        </span>
      ))}
      {outcome.warnings.map(({ field, message }) => (
        <span key={field + message} className="editor-cause" data-tone="warn">{`${say('warning')}: ${message}`}</span>
      ))}
    </li>
  );
}

type ProblemListProps = Pick<ResultsProps, 'diagnostics' | 'say' | 'onReveal' | 'onFix'>;

function ProblemList({ diagnostics, say, onReveal, onFix }: ProblemListProps) {
  if (diagnostics.length === 0) return <p className="editor-nothing quiet">{say('noProblems')}</p>;
  return (
    <ul className="editor-problems" aria-label={say('problems')}>
      {diagnostics.map(({ severity, message, range, fixes, source }) => (
        <li
          key={`${range.startLine}:${range.startColumn} ${message}`}
          data-tone={severity === 'error' ? 'bad' : 'warn'}
        >
          <span className="editor-shape" role="img" aria-label={say(severity)}>
            {severity === 'error' ? '✕' : '▲'}
          </span>
          <button
            type="button"
            className="editor-link"
            aria-label={say('goToLine', { line: range.startLine, message })}
            onClick={() => onReveal(range)}
          >
            <span className="quiet">{say('line', { line: range.startLine })}</span>
            {source === 'server' && <span className="editor-source">kube-apiserver</span>}
            <span>{message}</span>
          </button>
          {fixes.map((fix) => (
            <Button key={fix.title} className="editor-fix" onClick={() => onFix(fix)}>
              {fix.title}
            </Button>
          ))}
        </li>
      ))}
    </ul>
  );
}
