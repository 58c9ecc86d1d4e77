/** The explorer in Simplified Chinese. */
import type { ExplorerWords } from './words.ts';

export const zh: ExplorerWords = {
  labels: '标签',
  showLabels: '显示标签',
  sortBy: '按 {column} 排序',
  mark: '选中 {name}',
  markAll: '选中所有显示的',
  chosen: '已选中 {count} 个',
  deleteChosen: '删除……',
  unmark: '取消选中',
  deleteTitle: '删除 {count} 个对象？',
  more: '还有 {count} 个',
  readOnly: '只读：页面正在显示过去。',
};
