import { useEffect, useRef, useState } from 'react';
import { longestTitle } from '../documents/rename-field';
import { untitled } from '../words';
import classes from './title-field.module.css';
import type { Title } from './use-title';

interface Props {
  title: Title;
  may: boolean;
  /** Shows a field, as in a form, not a title that becomes one. */
  boxed?: boolean;
  /** Called on Enter, to move the focus to the text. */
  onDone: () => void;
}

/** The title, edited in place: a click turns it into a field as wide as its text. Enter moves on to the text, Esc cancels. */
export function TitleField({ title, may, boxed = false, onDone }: Props) {
  const [value, setValue] = useState(title.value);
  const field = useRef<HTMLInputElement>(null);
  const editing = may && (title.editing || boxed);
  const ended = useRef(false);
  // The title when editing began: a renaming by others must not overwrite what is being typed.
  const known = useRef(title.value);
  known.current = title.value;

  useEffect(() => {
    if (!editing) return;
    ended.current = false;
    setValue(known.current);
    field.current?.focus();
    field.current?.select();
  }, [editing]);

  const finish = (next: string | null) => {
    if (ended.current) return;
    ended.current = true;
    title.finish(next);
  };

  if (!may) return <h1 className={classes.title}>{title.value || untitled}</h1>;
  if (!editing)
    return (
      <h1 className={classes.title}>
        <button type="button" className={classes.button} title="Rename" onClick={title.edit}>
          {title.value || <span className={classes.none}>{untitled}</span>}
        </button>
      </h1>
    );
  return (
    <span className={boxed ? classes.boxed : classes.grow} data-value={value || untitled}>
      <input
        ref={field}
        size={1}
        className={classes.field}
        aria-label="Title"
        placeholder={untitled}
        maxLength={longestTitle}
        value={value}
        enterKeyHint="done"
        data-autofocus={boxed || undefined}
        onChange={(event) => setValue(event.currentTarget.value)}
        onBlur={() => finish(value.trim())}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') {
            event.preventDefault(); // or the text, which gets the focus now, would get the key
            finish(value.trim());
            onDone();
          }
          if (event.key === 'Escape') {
            event.stopPropagation();
            finish(null);
          }
        }}
      />
    </span>
  );
}
