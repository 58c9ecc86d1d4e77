/** A visitor's very first cluster comes up with something small that is visibly wrong, and easily put right. */
import type { Engine } from '../../cluster/index.ts';
import { useSession } from '../../session/index.ts';

const KEY = 'podarium.first-minute';

/** The image's name has a typo, as everybody's has had once. */
const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello
spec:
  replicas: 3
  selector:
    matchLabels:
      app: hello
  template:
    metadata:
      labels:
        app: hello
    spec:
      containers:
        - name: web
          image: ngnix:1.27
          ports:
            - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: hello
spec:
  type: NodePort
  selector:
    app: hello
  ports:
    - port: 80
      nodePort: 30080
`;

/** True the first time it is asked in this browser. */
function isFirst(): boolean {
  try {
    if (localStorage.getItem(KEY)) return false;
    localStorage.setItem(KEY, 'begun');
    return true;
  } catch {
    return false; // A browser that keeps nothing would begin again with every reload.
  }
}

/** Puts the broken Deployment into a first cluster. It is an input like any other: journaled, replayed, shared. */
export async function beginFirstMinute({ ready, api }: Engine): Promise<void> {
  const asked = location.hash !== '' || location.search !== '';
  const { how } = await ready;
  if (how !== 'fresh' || asked || useSession.getState().firstMinuteDone || !isFirst()) return;
  await api.run(`cat > hello.yaml <<'EOF'\n${MANIFEST}EOF\nkubectl apply -f hello.yaml`);
}
