/** A stream of server-sent events taken apart: number, kind and content of each. */

export interface ServerEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** Fed with a stream in any parts; an event is out when the empty line after it is. */
export class EventLines {
  private rest = "";
  private event = { id: "", type: "", data: "" };

  feed(text: string): ServerEvent[] {
    // A carriage return at the very end may be half of a line's end.
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.take(line));
  }

  private take(line: string): ServerEvent[] {
    if (line === "") {
      const event = this.event;
      this.event = { id: "", type: "", data: "" };
      return event.data || event.type ? [event] : [];
    }
    const at = line.indexOf(":");
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (name === "id") this.event.id = value;
    if (name === "event") this.event.type = value;
    if (name === "data") this.event.data += this.event.data ? `\n${value}` : value;
    return [];
  }
}
