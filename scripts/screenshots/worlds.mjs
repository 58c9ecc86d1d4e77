/** The clusters that the pictures show: options, and inputs at instants. The same every time. */

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds, input) => ({ at: START + seconds * 1000, input });
const run = (seconds, line) => at(seconds, { type: 'command', line });

const app = (name, image, replicas, port) => `kubectl apply -f - <<'EOF'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: ${name}
          image: ${image}
          ports:
            - containerPort: ${port}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector: { app: ${name} }
  ports:
    - port: ${port}
EOF`;

const kubeadm = { seed: 7, nodes: 4 };

export const worlds = {
  /** As every first visit begins. */
  broken: {
    options: { seed: 7, nodes: 3 },
    journal: [run(15, app('hello', 'ngnix:1.27', 3, 80))],
    seconds: 40,
  },
  /** A Deployment on its way to a new image. */
  rollout: {
    options: kubeadm,
    journal: [
      run(15, app('web', 'nginx:1.27', 8, 80)),
      run(17, app('redis', 'redis:8', 1, 6379)),
      run(70, 'kubectl set image deployment/web web=nginx:1.28'),
    ],
    seconds: 71.2,
  },
  /** A Pod that fits nowhere, after a Node has gone. */
  trouble: {
    options: kubeadm,
    journal: [
      run(15, app('web', 'nginx:1.27', 6, 80)),
      run(17, app('redis', 'redis:8', 1, 6379)),
      run(30, 'kubectl create deployment greedy --image=nginx:1.27'),
      run(31, 'kubectl set resources deployment/greedy --requests=cpu=64'),
      at(60, { type: 'fault', fault: { do: 'node.crash', node: 'node-2' } }),
    ],
    seconds: 420,
  },
  /** Many. */
  large: {
    options: { seed: 7, nodes: 60, shape: 'hollow' },
    journal: [
      run(5, 'kubectl create deployment shop --image=nginx:1.27 --replicas=480'),
      run(6, 'kubectl create deployment search --image=redis:8 --replicas=240'),
      run(60, 'kubectl set image deployment/shop nginx=nginx:1.28'),
    ],
    seconds: 64,
  },
};

/** @param load what loads a module of ours: vite's ssrLoadModule */
export async function linkOf({ options, journal, seconds }, load) {
  const { packShared } = await load('/src/ui/features/share/link/shared.ts');
  const { BUILD } = await load('/src/workers/build.ts');
  const { resume } = await load('/src/engine/cluster/index.ts');
  const { nodeHost } = await load('/src/workers/node/host.ts');
  const until = START + seconds * 1000;
  const cluster = await resume(nodeHost(), { options, journal, until });
  const digest = cluster.digest();
  cluster.stop();
  const packed = await packShared({
    title: 'screenshot',
    build: BUILD,
    options,
    replay: { journal, until, digest },
    manifests: '',
    paused: true,
    view: {},
  });
  return `#s=${packed}`;
}
