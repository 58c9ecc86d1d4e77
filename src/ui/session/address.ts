/** The browser panel's address. */
import { showPane } from './panes.ts';
import { update } from './session.ts';

/** Opens a URL of the cluster (`http://node-1:30080/`) in the browser panel. */
export function openBrowser(url: string): void {
  update({ address: url, centreTab: 'browser' });
  showPane('centre');
}
