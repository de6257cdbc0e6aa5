/** What was dropped on the page or chosen there: files, and all that lies in folders, with the path to each. */

export interface Found {
  readonly file: File;
  /** The path below what was dropped, e.g. "talks/monday/one.wav". */
  readonly path: string;
}

/** The list of a folder comes in parts; it is complete when a part is empty. */
export async function filesIn(entries: readonly FileSystemEntry[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const entry of entries) {
    if (entry.isFile) found.push(await fileOf(entry as FileSystemFileEntry));
    else if (entry.isDirectory) found.push(...(await filesIn(await contentOf(entry as FileSystemDirectoryEntry))));
  }
  return found;
}

/** Must be called while the drop is told: the list is empty afterwards. */
export function entriesOf(items: DataTransferItemList): FileSystemEntry[] {
  return [...items].flatMap((item) => {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    return entry ? [entry] : [];
  });
}

export function chosen(files: Iterable<File>): Found[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

function fileOf(entry: FileSystemFileEntry): Promise<Found> {
  const path = entry.fullPath.replace(/^\//, "");
  return new Promise((resolve, reject) => entry.file((file) => resolve({ file, path }), reject));
}

async function contentOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return all;
    all.push(...part);
  }
}
