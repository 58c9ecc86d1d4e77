/** Asks before an address on the internet is opened. */
import { Dialog } from '../../design/Dialog.tsx';
import { Button } from '../../design/index.ts';
import type { TerminalSay } from './words/words.ts';

interface LeaveDialogProps {
  readonly url: string;
  readonly say: TerminalSay;
  readonly onClose: () => void;
}

export default function LeaveDialog({ url, say, onClose }: LeaveDialogProps) {
  const leave = () => {
    window.open(url, '_blank', 'noopener,noreferrer');
    onClose();
  };
  return (
    <Dialog title={say('leaveTitle')} description={say('leaveText')} onClose={onClose}>
      <code className="command">{url}</code>
      <div className="dialog-actions">
        <Button onClick={onClose}>{say('cancel')}</Button>
        <Button look="main" onClick={leave}>
          {say('leave')}
        </Button>
      </div>
    </Dialog>
  );
}
