/** Links and the server's words, worked out when typing rests. */
import { useEffect, useMemo, useState } from 'react';
import { useClient } from '../../cluster/index.ts';
import { type Diagnostic, linkDiagnostics, serverDiagnostics } from './diagnostics.ts';
import type { OpenFile } from './files.ts';
import { askCluster } from './links/ask-cluster.ts';
import { type ClusterFacts, NO_FACTS } from './links/link.ts';
import { linkProblems } from './links/problems.ts';
import { type ParsedFile, parseManifests } from './manifest/manifests.ts';
import type { Run } from './use-run.ts';
import type { EditorSay } from './words/words.ts';

const REST_MS = 350;

interface Parsed {
  readonly id: string;
  readonly text: string;
  readonly file: ParsedFile;
  readonly others: readonly OpenFile[];
  /** Undefined until the cluster has answered. */
  readonly facts: ClusterFacts | undefined;
}

interface FileDiagnostics {
  readonly parsed: ParsedFile | undefined;
  readonly own: readonly Diagnostic[];
}

export function useDiagnostics(
  file: OpenFile,
  files: readonly OpenFile[],
  run: Run | undefined,
  say: EditorSay,
): FileDiagnostics {
  const client = useClient();
  const [parsed, setParsed] = useState<Parsed>();

  // A run changes the cluster, so it is asked anew.
  useEffect(() => {
    let wanted = true;
    // Right after a run nobody is typing.
    const rest = run?.text === file.text ? 0 : REST_MS;
    const timer = setTimeout(() => {
      const now = parseManifests(file.text);
      const others = files.filter(({ id }) => id !== file.id);
      const show = (facts?: ClusterFacts) => {
        if (!wanted) return;
        // Until it has answered, what it last said about this file holds.
        setParsed((last) => ({
          id: file.id,
          text: file.text,
          file: now,
          others,
          facts: facts ?? (last?.id === file.id ? last.facts : undefined),
        }));
      };
      show();
      askCluster(client, now.manifests).then(show, () => show(NO_FACTS));
    }, rest);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, file.id, file.text, files, run]);

  return useMemo(() => {
    if (parsed?.id !== file.id) return { parsed: undefined, own: [] };
    const others = parsed.facts
      ? parsed.others.flatMap(({ text }) => parseManifests(text).manifests.map(({ object }) => object))
      : [];
    const links = parsed.facts ? linkProblems(parsed.file.manifests, others, parsed.facts) : [];
    const spoken = run ? serverDiagnostics(run, parsed.file, parsed.text) : [];
    return { parsed: parsed.file, own: [...spoken, ...linkDiagnostics(links, parsed.text, say)] };
  }, [parsed, file.id, run, say]);
}
