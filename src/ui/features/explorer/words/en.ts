/** The explorer in English. */
export const en = {
  labels: 'Labels',
  showLabels: 'Show labels',
  sortBy: 'Sort by {column}',
  mark: 'Mark {name}',
  markAll: 'Mark all on show',
  chosen: '{count} marked',
  deleteChosen: 'Delete …',
  unmark: 'Unmark',
  deleteTitle: 'Delete {count} objects?',
  more: 'and {count} more',
  readOnly: 'Read-only: the page shows the past.',
} as const;
