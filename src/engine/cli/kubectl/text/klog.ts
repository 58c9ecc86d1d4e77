/** Log lines as klog writes them: `I1122 09:59:56.401715   24237 helpers.go:719] text`. */
import type { Process } from '#engine/os';
import { civilTime } from '#engine/sim';

export function klog(process: Process, severity: 'I' | 'W' | 'E', place: string, message: string): string {
  const t = civilTime(process.clock.now());
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(t.month)}${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}.${String(t.millisecond).padStart(3, '0')}000`;
  return `${severity}${time} ${String(process.pid).padStart(7)} ${place}] ${message}\n`;
}
