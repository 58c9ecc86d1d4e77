/** The words of the map. Kubernetes' own words (kinds, statuses) stay as upstream prints them. */
import type { Trouble, View } from './graph/group.ts';
import type { Health } from './graph/pod-state.ts';

const en = {
  map: 'Map of the cluster',
  view: 'View',
  views: { node: 'By Node', owner: 'By owner', network: 'By network path', 'control-plane': 'Control plane' } as {
    readonly [view in View]: string;
  },
  health: { good: 'well', busy: 'on the way', warn: 'needs a look', bad: 'in trouble', idle: 'done or leaving' } as {
    readonly [health in Health]: string;
  },
  find: 'Find Pods',
  findHint: 'Name, status, Node, image',
  namespace: 'Namespace',
  everyNamespace: 'All namespaces',
  labels: 'Labels',
  labelsHint: 'Labels: app=web',
  healthLabel: 'Health',
  everyHealth: 'Any health',
  asTree: 'Show as a list',
  filters: 'Filters',
  zoomIn: 'Zoom in (+)',
  zoomOut: 'Zoom out (-)',
  fit: 'Show all (0)',
  overview: 'Overview: click to go there',
  waiting: 'Waiting for a Node',
  nobodyWaits: 'No Pod waits',
  rest: { bare: 'Pods without an owner', apart: 'Not behind a Service' } as { readonly [id: string]: string },
  noPods: 'No Pods here',
  missing: {
    etcd: 'Missing: nothing can be read or written',
    'kube-apiserver': 'Missing: nobody can talk to the cluster',
    'kube-scheduler': 'Missing: new Pods get no Node',
    'kube-controller-manager': 'Missing: nothing is created or replaced',
  } as { readonly [component: string]: string },
  restarts: 'restarts',
  ready: 'ready',
  pods: 'Pods',
  matching: 'match',
  loading: 'Reading the cluster …',
  empty: 'Nothing to draw yet. Create something: it appears here as it comes to life.',
  emptyCommand: 'kubectl create deployment web --image=nginx --replicas=3',
  noControlPlane: 'The control plane of this cluster does not run as Pods, so there is nothing to draw.',
  noNodes: 'There is no Node yet: Pods wait until one joins.',
  keysHint:
    'Arrows go from object to object, Shift and arrows move the map, + and - zoom, 0 shows all, Shift+F10 opens the menu.',
  legend: 'What the shapes mean',
  legendFlow: 'a request on its way; red: it failed',
  requests: (count: number): string => `${count} requests/s`,
  failedRequests: (count: number): string => `${count} failed`,
  kubelets: 'One on each Node: starts what was bound to it, and reports.',
  trouble: {
    'no-endpoints': 'Leads nowhere: no Pod has the labels {about}',
    'none-ready': 'Leads nowhere: none of its Pods is Ready ({about})',
    'no-port': 'Leads nowhere: no Pod names a port {about}',
    down: '',
  } as { readonly [kind: string]: string },
  menu: {
    inspect: 'Inspect',
    describe: 'Describe',
    logs: 'Follow the logs',
    shell: 'Open a shell',
    drain: 'Drain',
    faults: 'Break something …',
    delete: 'Delete',
    really: 'Really delete?',
    past: 'This is the past: return to live first',
    noShell: 'A real cluster has no terminal in this page: Inspect it, or use your own terminal',
  },
};

const zh: typeof en = {
  map: '集群地图',
  view: '视图',
  views: { node: '按 Node', owner: '按所有者', network: '按网络路径', 'control-plane': '控制平面' },
  health: { good: '正常', busy: '进行中', warn: '需要留意', bad: '有问题', idle: '已结束或正在离开' },
  find: '查找 Pod',
  findHint: '名称、状态、Node、镜像',
  namespace: '命名空间',
  everyNamespace: '所有命名空间',
  labels: '标签',
  labelsHint: '标签:app=web',
  healthLabel: '健康状况',
  everyHealth: '任意健康状况',
  asTree: '以列表显示',
  filters: '筛选',
  zoomIn: '放大 (+)',
  zoomOut: '缩小 (-)',
  fit: '显示全部 (0)',
  overview: '概览:点击前往',
  waiting: '等待分配 Node',
  nobodyWaits: '没有等待中的 Pod',
  rest: { bare: '没有所有者的 Pod', apart: '不在任何 Service 之后' },
  noPods: '这里没有 Pod',
  missing: {
    etcd: '缺失:无法读写任何数据',
    'kube-apiserver': '缺失:没有人能与集群通信',
    'kube-scheduler': '缺失:新的 Pod 得不到 Node',
    'kube-controller-manager': '缺失:不会再创建或替换任何东西',
  },
  restarts: '次重启',
  ready: '就绪',
  pods: '个 Pod',
  matching: '符合',
  loading: '正在读取集群 …',
  empty: '还没有可画的东西。创建一个对象,它会在这里出现。',
  emptyCommand: 'kubectl create deployment web --image=nginx --replicas=3',
  noControlPlane: '这个集群的控制平面不以 Pod 运行,因此没有可画的内容。',
  noNodes: '还没有 Node:Pod 会一直等待,直到有 Node 加入。',
  keysHint: '方向键在对象之间移动,Shift 加方向键移动地图,+ 和 - 缩放,0 显示全部,Shift+F10 打开菜单。',
  legend: '形状的含义',
  legendFlow: '途中的请求;红色表示失败',
  requests: (count) => `每秒 ${count} 个请求`,
  failedRequests: (count) => `${count} 个失败`,
  kubelets: '每个 Node 上一个:启动绑定到它的 Pod,并汇报状态。',
  trouble: {
    'no-endpoints': '没有去处:没有 Pod 带有标签 {about}',
    'none-ready': '没有去处:它的 Pod 都未就绪({about})',
    'no-port': '没有去处:没有 Pod 命名了端口 {about}',
    down: '',
  },
  menu: {
    inspect: '查看详情',
    describe: 'Describe',
    logs: '跟踪日志',
    shell: '打开 Shell',
    drain: '排空',
    faults: '制造故障 …',
    delete: '删除',
    really: '确定删除?',
    past: '正在查看过去:请先回到现在',
    noShell: '真实集群在本页面中没有终端:请查看详情,或使用您自己的终端',
  },
};

export type Words = typeof en;

export const wordsOf = (locale: string): Words => (locale.startsWith('zh') ? zh : en);

/** Why a room does not do what it is there for, in words; '' when it does. */
export const troubleWords = (words: Words, trouble: Trouble | undefined): string =>
  trouble ? (words.trouble[trouble.kind] || words.missing[trouble.about] || '').replace('{about}', trouble.about) : '';

/** Rooms that are no object of the API are named here. */
export function titleOf(
  words: Words,
  { kind, id, title }: { readonly kind: string; readonly id: string; readonly title: string },
): string {
  if (kind === 'waiting') return words.waiting;
  return kind === 'rest' ? (words.rest[id] ?? title) : title;
}
