import { expect, test } from 'vitest';
import type { ScreenMessage } from './protocol.ts';
import { ScreenFeed } from './screen-feed.ts';

function feed() {
  const posted: ScreenMessage[] = [];
  const made = new ScreenFeed((message) => posted.push(message));
  const bytes = () => posted.reduce((sum, message) => sum + (message instanceof Uint8Array ? message.length : 0), 0);
  const text = () =>
    posted.map((message) => (message instanceof Uint8Array ? new TextDecoder().decode(message) : '')).join('');
  return { feed: made, posted, bytes, text };
}

test('little output passes at once', () => {
  const { feed: made, text } = feed();
  made.push(new TextEncoder().encode('hello'));
  expect(text()).toBe('hello');
});

test('no more is under way than the window can show, and the middle of a flood is left out', () => {
  const { feed: made, bytes, text } = feed();
  const line = new Uint8Array(1024).fill(121);
  for (let i = 0; i < 10_000; i++) made.push(line);
  expect(bytes()).toBe(256 * 1024);
  made.push(new TextEncoder().encode('the end'));
  let seen = 0;
  for (let turn = 0; turn < 100 && seen < bytes(); turn++) {
    const now = bytes();
    made.shown(now - seen);
    seen = now;
  }
  expect(bytes()).toBeLessThan(800 * 1024);
  expect(text()).toContain('kB …');
  expect(text().endsWith('the end')).toBe(true);
});

test('the end waits for what is before it', () => {
  const { feed: made } = feed();
  let ended = false;
  for (let i = 0; i < 3; i++) made.push(new Uint8Array(200 * 1024));
  made.end(() => {
    ended = true;
  });
  expect(ended).toBe(false);
  made.shown(400 * 1024);
  expect(ended).toBe(true);
});
