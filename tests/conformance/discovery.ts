/** Discovery answers, without what differs between builds. */

/** Build fields and hashes are the build's own; the order of health checks is Go's map order. */
export function withoutBuild(id: string, body: unknown): unknown {
  if (!id.startsWith('discovery/')) return body;
  if (typeof body === 'string') return body.split('\n').sort().join('\n');
  const text = JSON.stringify(body, (key, value) =>
    [
      'gitCommit',
      'gitTreeState',
      'buildDate',
      'goVersion',
      'platform',
      'compiler',
      'storageVersionHash',
      'serverAddress',
    ].includes(key)
      ? undefined
      : value,
  );
  return JSON.parse(text.replace(/\?hash=[0-9A-F]+/g, '?hash='));
}
