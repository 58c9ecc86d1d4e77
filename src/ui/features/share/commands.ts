import { type Command, openOverlay } from '../../session/index.ts';

export const commands: readonly Command[] = [
  {
    id: 'share.link',
    label: { en: 'Share this cluster: link, file, embed', zh: '分享此集群：链接、文件、嵌入' },
    also: 'url embed iframe save',
    run: () => openOverlay('share'),
  },
  {
    id: 'share.export',
    label: { en: 'Take it to a real cluster: manifests, kind, minikube', zh: '带到真实集群：清单、kind、minikube' },
    also: 'export yaml download',
    run: () => openOverlay('export'),
  },
  {
    id: 'share.real',
    label: { en: 'Connect to a real cluster through kubectl proxy', zh: '通过 kubectl proxy 连接真实集群' },
    also: 'remote server',
    run: () => openOverlay('real'),
  },
];
