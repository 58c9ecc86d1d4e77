/** What a machine is bought as. */
export interface MachineSpec {
  readonly name: string;
  readonly address: string;
  /** For hollow Nodes. */
  readonly labels?: { readonly [key: string]: string };
  readonly cpu?: string;
  readonly memory?: string;
}
