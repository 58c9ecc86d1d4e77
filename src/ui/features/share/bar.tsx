import { useEffect } from 'react';
import { useCapabilities } from '../../cluster/index.ts';
import { Share } from '../../design/icons.tsx';
import { BarButton } from '../../design/index.ts';
import { openOverlay } from '../../session/index.ts';
import { useShareWords } from './words/use-words.ts';

const SHARED = /\.podarium\.json$/;

/** Opens the share dialog; and a cluster in a file that is dropped anywhere on the page. */
export default function ShareEntry() {
  const say = useShareWords();
  const { keeping } = useCapabilities();
  useEffect(() => {
    const sharedOf = ({ dataTransfer }: DragEvent) =>
      [...(dataTransfer?.files ?? [])].find(({ name }) => SHARED.test(name));
    const onDrop = (event: DragEvent) => {
      const file = sharedOf(event);
      if (!file) return;
      event.preventDefault();
      event.stopPropagation();
      import('./files.ts')
        .then(({ openSharedFile }) => openSharedFile(file))
        .catch((error: unknown) => reportError(error));
    };
    const onDragOver = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    addEventListener('drop', onDrop, true);
    addEventListener('dragover', onDragOver, true);
    return () => {
      removeEventListener('drop', onDrop, true);
      removeEventListener('dragover', onDragOver, true);
    };
  }, []);
  if (!keeping) return null;
  return <BarButton icon={<Share size={16} />} label={say('share')} onClick={() => openOverlay('share')} />;
}
