/** A sheet that opens over the page: a modal dialog, closed by its button, Escape, or a press beside it. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { CloseIcon } from "./icons";

interface SheetProps {
  title: string;
  closeLabel: string;
  close: () => void;
  children: ComponentChildren;
}

export function Sheet({ title, closeLabel, close, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    // The browser gives the focus back to where it was when an open dialog is closed.
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const pressed = (event: MouseEvent) => {
    if (event.target === dialog.current) dialog.current?.close();
  };
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby={id} onClose={close} onClick={pressed}>
      <div class="sheet-body">
        <header class="sheet-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="round" aria-label={closeLabel} onClick={() => dialog.current?.close()}>
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
