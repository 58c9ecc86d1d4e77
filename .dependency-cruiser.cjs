/** The import law: one rule per room, from architecture.json. A room opens only the doors (index.ts) its row names. */
const rooms = require('./architecture.json');

const path = (room) => (room.startsWith('src/') ? room : `src/engine/${room}`);
const within = (room) => `^${path(room)}/`;
const door = (room) => (room === 'src/workers' ? '^src/workers/(protocol|kept|serve-port|[^/]+[.]worker)[.]ts$' : `^${path(room)}/index[.]ts$`);

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(rooms)
      .filter(([, may]) => !may.includes('*'))
      .map(([room, may]) => ({
        name: `room ${room}`,
        severity: 'error',
        comment: `may open only the doors of: ${may.join(', ') || 'nobody'}`,
        from: { path: within(room), pathNot: '[.]test[.]tsx?$' },
        to: { path: '^src/', pathNot: [within(room), ...may.map(door)] },
      })),
    ...Object.keys(rooms)
      .filter((room) => room.startsWith('src/engine/'))
      .map((room) => ({
        name: `own door ${room}`,
        severity: 'error',
        comment: 'inside a room, import the file, not the door',
        from: { path: within(room), pathNot: '[.]test[.]ts$' },
        to: { path: `^${room}/index[.]ts$` },
      })),
    {
      name: 'roomless',
      severity: 'error',
      from: { path: '^src/', pathNot: [...Object.keys(rooms).map(within), '[.]d[.]ts$'] },
      to: {},
    },
    {
      name: 'engine is platform-free',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: '[.]test[.]ts$' },
      to: { dependencyTypes: ['core', 'npm-dev', 'npm-no-pkg'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'], exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
