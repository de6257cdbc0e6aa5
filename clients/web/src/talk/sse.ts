/** The text of an event stream cut into what its data lines hold. */

const PREFIX = "data:";

/** Fed with a stream in any parts; a line that is not yet complete waits. */
export class DataLines {
  private rest = "";

  /** What the data lines hold that were completed by this text. Every other line is skipped, as the format asks. */
  feed(text: string): string[] {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    return lines.flatMap(dataOf);
  }

  /** What a last line held that no line end followed. */
  end(): string[] {
    const lines = dataOf(this.rest.replace(/\r$/, ""));
    this.rest = "";
    return lines;
  }
}

function dataOf(line: string): string[] {
  if (!line.startsWith(PREFIX)) return [];
  const data = line.slice(PREFIX.length);
  return [data.startsWith(" ") ? data.slice(1) : data];
}
