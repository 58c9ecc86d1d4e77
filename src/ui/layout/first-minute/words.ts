/** The first minute, in both languages. */
export const words = {
  en: {
    label: 'First steps',
    brokenTitle: 'Something is broken here. Put it right.',
    brokenText:
      'The Deployment “hello” wants three web servers, but its image name has a typo: {image}. No registry has it, so its Pods cannot start.',
    look: 'Look into a Pod',
    fix: 'Fix the image',
    skip: 'Skip',
    mendingTitle: 'Watch: {ready} of {wanted} Pods are ready',
    mendingText: 'The Deployment starts Pods with the right image and removes the broken ones, step by step.',
    mendedTitle: 'Fixed: {ready} of {wanted} Pods are running',
    mendedText: 'You said what you want; controllers made it so. They keep it so, too: delete a Pod and see.',
    deletePod: 'Delete a Pod',
    tour: 'Take the tour',
    lessons: 'Start a lesson',
    done: 'Done',
  },
  zh: {
    label: '第一步',
    brokenTitle: '这里有东西坏了，来修好它。',
    brokenText:
      'Deployment “hello” 需要三个 Web 服务器，但镜像名写错了：{image}。镜像仓库里没有它，所以 Pod 无法启动。',
    look: '查看一个 Pod',
    fix: '修正镜像',
    skip: '跳过',
    mendingTitle: '请看：{ready} / {wanted} 个 Pod 已就绪',
    mendingText: 'Deployment 会逐步启动使用正确镜像的 Pod，并移除坏掉的 Pod。',
    mendedTitle: '修好了：{ready} / {wanted} 个 Pod 正在运行',
    mendedText: '你说明想要的状态，控制器就会实现它，并一直保持：删除一个 Pod 试试看。',
    deletePod: '删除一个 Pod',
    tour: '浏览导览',
    lessons: '开始课程',
    done: '完成',
  },
} as const;
