/**
 * From kubeconfig and flags to a server, credentials and a namespace.
 * @upstream staging/src/k8s.io/client-go/tools/clientcmd/{client_config.go,validation.go}
 */
import type { Process } from '#engine/os';
import type { FlagSet } from '../cobra/flags.ts';
import { CommandError, ConfigurationError } from '../errors.ts';
import type { RestConfig } from '../rest/rest.ts';
import {
  absolute,
  configPaths,
  EMPTY_CONFIG,
  type KubeConfig,
  mergeConfigs,
  readConfig,
  type Stanza,
  stanzaText,
} from './kubeconfig.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface Namespace {
  readonly name: string;
  /** True when a flag said so: objects of other namespaces are refused. */
  readonly enforced: boolean;
}

export class ClientConfig {
  private merged: KubeConfig | undefined;

  constructor(
    private readonly process: Process,
    private readonly flags: FlagSet,
  ) {}

  get explicitPath(): string {
    return this.flags.string('kubeconfig');
  }

  paths(): readonly string[] {
    return configPaths(this.process, this.explicitPath);
  }

  /** All files merged. `--kubeconfig` must exist when a server is to be reached. */
  load(mustExist = false): KubeConfig {
    const path = this.explicitPath;
    if (path !== '' && mustExist && !this.process.fs.exists(absolute(this.process.cwd, path))) {
      throw new CommandError(`stat ${path}: no such file or directory`);
    }
    this.merged ??= mergeConfigs(
      this.paths().map((file) => readConfig(this.process.fs, this.process.cwd, file) ?? EMPTY_CONFIG),
    );
    return this.merged;
  }

  contextName(): string {
    return this.flags.string('context') || this.load(true).currentContext;
  }

  namespace(): Namespace {
    const flag = this.flags.string('namespace');
    if (flag !== '') return { name: flag, enforced: true };
    const context = this.load(true).contexts.get(this.contextName());
    if (!context && this.inCluster())
      return { name: this.read(`${SERVICE_ACCOUNT}/namespace`) || 'default', enforced: false };
    return { name: stanzaText(context, 'namespace') || 'default', enforced: false };
  }

  /** Throws ConfigurationError or CommandError in upstream's words. `prompt` is written when a password would be asked for. */
  rest(prompt: (text: string) => void): RestConfig {
    const config = this.load(true);
    const name = this.contextName();
    const context = config.contexts.get(name);
    if (name !== '' && !context) throw new ConfigurationError([`context was not found for specified context: ${name}`]);
    if (!context && this.flags.string('server') === '' && this.inCluster()) return this.inClusterRest();
    const clusterName = this.flags.string('cluster') || stanzaText(context, 'cluster');
    const cluster = config.clusters.get(clusterName);
    if (this.flags.string('cluster') !== '' && !cluster)
      throw new CommandError(`no server found for cluster "${clusterName}"`);
    const userName = this.flags.string('user') || stanzaText(context, 'user');
    const user = config.users.get(userName);
    if (this.flags.string('user') !== '' && !user) throw new CommandError(`auth info "${userName}" does not exist`);
    const server = this.server(cluster);
    this.checkCertificates(cluster, clusterName);
    this.checkUser(user, userName);
    const secure = server.startsWith('https://');
    const authorization = secure || this.flags.string('token') !== '' ? this.authorization(user) : undefined;
    if (secure && authorization === undefined && !this.hasCertificate(user) && this.flags.string('server') === '') {
      prompt('Please enter Username: ');
      throw new CommandError('EOF');
    }
    return {
      server,
      headers: { ...(authorization !== undefined && { authorization }), ...this.impersonation(user, userName) },
    };
  }

  private server(cluster: Stanza | undefined): string {
    const given = this.flags.string('server') || stanzaText(cluster, 'server') || 'http://localhost:8080';
    const withScheme = /^https?:\/\//.test(given) ? given : `http://${given}`;
    return withScheme.replace(/\/+$/, '');
  }

  private checkCertificates(cluster: Stanza | undefined, name: string): void {
    const flag = this.flags.string('certificate-authority');
    const file = flag || stanzaText(cluster, 'certificate-authority');
    const insecure =
      this.flags.bool('insecure-skip-tls-verify') || (cluster?.['insecure-skip-tls-verify'] === true && flag === '');
    if (file !== '' && !this.process.fs.exists(absolute(this.process.cwd, file))) {
      throw new CommandError(
        `unable to read certificate-authority ${file} for ${name} due to open ${file}: no such file or directory`,
      );
    }
    if (
      insecure &&
      (file !== '' || stanzaText(cluster, 'certificate-authority-data') !== '') &&
      !this.flags.bool('insecure-skip-tls-verify')
    ) {
      throw new CommandError('specifying a root certificates file with the insecure flag is not allowed');
    }
  }

  private hasCertificate(user: Stanza | undefined): boolean {
    return (
      ['client-certificate', 'client-certificate-data'].some((field) => stanzaText(user, field) !== '') ||
      user?.exec !== undefined
    );
  }

  private checkUser(user: Stanza | undefined, name: string): void {
    const methods: string[] = [];
    if (this.flags.string('token') || stanzaText(user, 'token') || stanzaText(user, 'tokenFile')) methods.push('token');
    if (this.flags.string('username') || stanzaText(user, 'username')) methods.push('basicAuth');
    if (methods.length > 1 && this.flags.string('token') !== '') {
      throw new CommandError(
        `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
      );
    }
    const certificate = this.flags.string('client-certificate') || stanzaText(user, 'client-certificate');
    const key =
      this.flags.string('client-key') || stanzaText(user, 'client-key') || stanzaText(user, 'client-key-data');
    const problems: string[] = [];
    if (certificate !== '' && key === '') {
      problems.push(
        `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
      );
    }
    if (certificate !== '' && !this.process.fs.exists(absolute(this.process.cwd, certificate))) {
      problems.push(
        `unable to read client-cert ${certificate} for ${name} due to open ${certificate}: no such file or directory`,
      );
    }
    if (problems.length > 0) throw new ConfigurationError(problems);
  }

  private authorization(user: Stanza | undefined): string | undefined {
    const file = stanzaText(user, 'tokenFile');
    const token = this.flags.string('token') || stanzaText(user, 'token') || (file ? this.read(file) : '');
    if (token !== '') return `Bearer ${token}`;
    const name = this.flags.string('username') || stanzaText(user, 'username');
    if (name === '') return undefined;
    return `Basic ${btoa(`${name}:${this.flags.string('password') || stanzaText(user, 'password')}`)}`;
  }

  private impersonation(user: Stanza | undefined, userName: string): { readonly [header: string]: string } {
    const name = this.flags.string('as') || stanzaText(user, 'as');
    const groups = this.flags.list('as-group');
    const uid = this.flags.string('as-uid');
    const extra = this.flags.list('as-user-extra');
    if (name === '') {
      if (groups.length === 0 && uid === '' && extra.length === 0) return {};
      throw new CommandError(`requesting uid, groups or user-extra for ${userName} without impersonating a user`);
    }
    return {
      'impersonate-user': name,
      ...(groups.length > 0 && { 'impersonate-group': groups.join('\n') }),
      ...(uid && { 'impersonate-uid': uid }),
    };
  }

  private inCluster(): boolean {
    return this.process.env.has('KUBERNETES_SERVICE_HOST') && this.process.fs.exists(`${SERVICE_ACCOUNT}/token`);
  }

  private inClusterRest(): RestConfig {
    const host = this.process.env.get('KUBERNETES_SERVICE_HOST') ?? '';
    const port = this.process.env.get('KUBERNETES_SERVICE_PORT') ?? '443';
    return {
      server: `https://${host}:${port}`,
      headers: { authorization: `Bearer ${this.read(`${SERVICE_ACCOUNT}/token`)}` },
    };
  }

  private read(path: string): string {
    const full = absolute(this.process.cwd, path);
    return this.process.fs.exists(full) ? new TextDecoder().decode(this.process.fs.readFile(full)).trim() : '';
  }
}
