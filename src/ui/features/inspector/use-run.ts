/** Running a command line at the workstation, and saying what it printed. */
import { useEngine } from '../../cluster/index.ts';
import { notify, type Say } from '../../session/index.ts';

export function useRun(say: Say): (line: string) => void {
  const { api } = useEngine();
  return (line) => {
    api.run(line).then(
      ({ code, stdout, stderr }) =>
        notify({
          tone: code === 0 ? 'good' : 'bad',
          title: `$ ${line}`,
          text: `${stdout}${stderr}${code === 0 ? '' : say('exitCode', { code })}`.trim(),
        }),
      (error: unknown) => notify({ tone: 'bad', title: `$ ${line}`, text: String(error) }),
    );
  };
}
