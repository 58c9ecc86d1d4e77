/** 分支的中文。 */
import type { BranchWords } from './words.ts';

export const zh: BranchWords = {
  title: '在 {time} 分支',
  text: '一个新集群：与此集群在 {time} 时完全相同，并从那里继续。此集群保持不变。',
  name: '名称',
  make: '创建分支',
  cancel: '取消',
  replaying: '正在重放 {count} 个输入到 {time}……',
  progress: '重放进度',
  opening: '与原集群逐字节相同。正在打开……',
  diverged: '重放得到了不同的结果',
  divergedText:
    '重放的结果与集群在 {time} 时的状态不同。仍然可以打开它，但那是另一个集群。这是一个缺陷：请附上以下内容报告。',
  unverified: '历史已不再保留到 {time}，因此无法判断分支是否完全一致。',
  openAnyway: '仍然打开',
  failed: '无法创建分支',
  notKept: '此浏览器不为本页面保存任何内容，因此没有地方放第二个集群。',
};
