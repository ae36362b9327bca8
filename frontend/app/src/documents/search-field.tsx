import { ArrowLeft, Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { shortcutText } from '../ui/keys';
import classes from './search-field.module.css';

interface Props {
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLInputElement>;
  autoFocus?: boolean;
  /** Given on phones, where the field covers the bar: closes it. */
  onClose?: () => void;
}

export function SearchField({ value, onChange, ref, autoFocus = false, onClose }: Props) {
  return (
    <search className={classes.field}>
      {onClose ? (
        <button type="button" className={classes.leave} aria-label="Leave the search" onClick={onClose}>
          <ArrowLeft size={18} strokeWidth={1.75} aria-hidden="true" />
        </button>
      ) : (
        <Search size={16} strokeWidth={1.75} aria-hidden="true" />
      )}
      <input
        ref={ref}
        type="search"
        aria-label="Search titles"
        placeholder="Search titles"
        value={value}
        // biome-ignore lint/a11y/noAutofocus: only after the reader asked for the field
        autoFocus={autoFocus}
        enterKeyHint="search"
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (value) onChange('');
          else if (onClose) onClose();
          else event.currentTarget.blur();
        }}
      />
      {value ? (
        <button type="button" className={classes.leave} aria-label="Clear the search" onClick={() => onChange('')}>
          <X size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      ) : (
        !onClose && (
          <span aria-hidden="true" className={classes.hint}>
            <kbd>{shortcutText('Mod+K')}</kbd>
          </span>
        )
      )}
    </search>
  );
}
