/** Branching in English. */
export const en = {
  title: 'Branch at {time}',
  text: 'A new cluster that is what this one was at {time}, and goes on from there. This one stays as it is.',
  name: 'Name',
  make: 'Make the branch',
  cancel: 'Cancel',
  replaying: 'Replaying {count} inputs to {time} …',
  progress: 'Progress of the replay',
  opening: 'The same cluster to the last byte. Opening it …',
  diverged: 'The replay led elsewhere',
  divergedText:
    'What the replay gave is not what the cluster was at {time}. It can be opened all the same, but it is another cluster. This is a bug: please report it with these lines.',
  unverified: 'History does not go back to {time} any more, so that nobody can tell whether the branch is exact.',
  openAnyway: 'Open it anyway',
  failed: 'The branch could not be made',
  notKept: 'This browser keeps nothing for this page, so there is no place for a second cluster.',
} as const;
