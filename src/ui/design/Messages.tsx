import { IconButton } from './Button.tsx';
import { Cross } from './icons.tsx';

interface ToastMessage {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly title: string;
  readonly text: string;
}

interface MessagesProps {
  readonly messages: readonly ToastMessage[];
  readonly dismissLabel: string;
  readonly onDismiss: (id: number) => void;
}

/** What just happened, in the corner, spoken politely. */
export function Messages({ messages, dismissLabel, onDismiss }: MessagesProps) {
  return (
    <div className="messages" role="status">
      {messages.map(({ id, tone, title, text }) => (
        <div key={id} className="message" data-tone={tone}>
          <div>
            <code>{title}</code>
            {text && <pre>{text}</pre>}
          </div>
          <IconButton label={dismissLabel} onClick={() => onDismiss(id)}>
            <Cross />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
