/** The fidelity card in Simplified Chinese. */
import type { Words } from './words.ts';

export const zh: Words = {
  title: '这有多真实？',
  text: '控制循环按照 Kubernetes 1.36 编写，并与真实集群的录制结果对照。差异之处由代码中的标记生成（英文），因此不会说谎。',
  full: '与上游一致',
  partial: '有所简化',
  none: '缺失',
  all: '全部',
  search: '搜索',
  level: '程度',
  found: '{count} / {total}',
  nothing: '没有匹配的内容。',
  close: '关闭',
};
