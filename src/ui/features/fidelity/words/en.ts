/** The fidelity card in English; what departs is told as the code tells it. */
export const en = {
  title: 'How real is this?',
  text: 'The control loops are written after Kubernetes 1.36 and checked against recordings of a real cluster. What differs is said here, from the code itself: it cannot lie.',
  full: 'as upstream',
  partial: 'simplified',
  none: 'missing',
  all: 'all',
  search: 'Search',
  level: 'Level',
  found: '{count} of {total}',
  nothing: 'Nothing matches.',
  close: 'Close',
} as const;
