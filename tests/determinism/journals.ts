/** Three recordings that must replay to the same trace everywhere. */
import type { Fault, Input, Recording } from '#engine/cluster';

const BOOT = Date.UTC(2026, 0, 1);
const at = (seconds: number, input: Input) => ({ at: BOOT + seconds * 1000, input });
const command = (seconds: number, line: string) => at(seconds, { type: 'command', line });
const fault = (seconds: number, what: Fault) => at(seconds, { type: 'fault', fault: what });

const create = (name: string, image: string, replicas: number) =>
  `kubectl create deployment ${name} --image=${image} --replicas=${replicas}`;

/** Nodes crash and come back, links break, the scheduler is killed, an image cannot be had. */
const faults: Recording = {
  options: { seed: 11, nodes: 4 },
  journal: [
    command(120, create('web', 'nginx:1.27', 6)),
    fault(150, { do: 'link.slow', between: ['node-1', 'control-plane'], extraMs: 40 }),
    fault(160, { do: 'node.crash', node: 'node-2' }),
    fault(170, { do: 'container.kill', namespace: 'kube-system', pod: 'kube-scheduler-control-plane' }),
    command(171, 'kubectl scale deployment web --replicas=9'),
    fault(200, { do: 'image.unavailable', image: 'docker.io/library/redis' }),
    command(201, create('cache', 'redis:7', 2)),
    fault(260, { do: 'link.cut', between: ['node-3', 'control-plane'] }),
    fault(420, { do: 'link.heal', between: ['node-3', 'control-plane'] }),
    fault(430, { do: 'image.available', image: 'docker.io/library/redis' }),
    fault(600, { do: 'node.recover', node: 'node-2' }),
    command(700, 'kubectl get pods -o wide'),
  ],
  until: BOOT + 900_000,
};

/** Pipelines, loops, background jobs, kubectl inside of shell scripts, programs inside of containers. */
const shell: Recording = {
  options: { seed: 5, nodes: 2 },
  journal: [
    command(120, 'for i in 1 2 3; do echo "line $i"; done | grep -v 2 | wc -l; yes | head -n 3'),
    command(121, `${create('web', 'nginx', 2)} && kubectl expose deployment web --port=80`),
    command(
      180,
      "kubectl run probe --image=busybox --restart=Never -- sh -c 'for i in $(seq 5); do wget -qO- http://web | head -n 4; sleep 1; done'",
    ),
    command(200, 'sleep 2 & wait; x=$((RANDOM % 7)); echo "$x" > /tmp/x; cat /tmp/x | tr 0-9 a-j'),
    command(240, 'kubectl logs probe | sort | uniq -c; kubectl get pods -o json | grep -c uid'),
    command(241, 'i=0; while true; do i=$((i+1)); [ $i -gt 500 ] && break; done; echo $i'),
  ],
  until: BOOT + 400_000,
};

/** 200 Pods rolled out, updated half-way, and taken down. */
const many: Recording = {
  options: { seed: 3, nodes: 10 },
  journal: [
    command(120, create('web', 'nginx:1.26', 200)),
    command(150, 'kubectl set image deployment/web nginx=nginx:1.27'),
    command(200, 'kubectl scale deployment web --replicas=20'),
  ],
  until: BOOT + 300_000,
};

export const recordings: { readonly [name: string]: Recording } = { faults, shell, many };
