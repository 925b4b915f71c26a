/**
 * Where a model's files come from: a package, a folder, files dropped on a page. The SDK depends on no
 * model; the app hands a source in.
 */
export interface ModelSource {
  /** Short name, used in reports and errors. */
  readonly name: string;
  /** The bytes of one file (`config.json`, `model.safetensors` …), or `undefined` where there is none. */
  read(file: string): Promise<Uint8Array | undefined>;
}

/** What a model package exports: its name and the address of each of its files. */
export interface ModelPackage {
  readonly name: string;
  /** One sentence for lists: what it is and what it takes. */
  readonly summary: string;
  readonly files: Readonly<Record<string, URL>>;
  /** Sample inputs that travel with the package, by name. */
  readonly samples: Readonly<Record<string, URL>>;
}
