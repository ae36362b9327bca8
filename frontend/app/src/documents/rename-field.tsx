import { useEffect, useRef, useState } from 'react';
import { untitled } from '../words';
import classes from './rename-field.module.css';

/** How many characters of a title the server accepts. */
export const longestTitle = 255;

/** Renames a title in place. Enter, or leaving the field, keeps it; Esc does not. */
export function RenameField({ title, onDone }: { title: string; onDone: (next: string | null) => void }) {
  const [value, setValue] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const finish = (next: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(next);
  };
  return (
    <input
      ref={field}
      className={classes.field}
      aria-label="Title"
      placeholder={untitled}
      maxLength={longestTitle}
      value={value}
      onChange={(event) => setValue(event.currentTarget.value)}
      onBlur={() => finish(value.trim())}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') finish(value.trim());
        if (event.key === 'Escape') finish(null);
      }}
    />
  );
}
