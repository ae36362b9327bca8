import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Editor } from '../../editor/editor';
import { Dialog } from '../../ui/dialog';
import { usePhone } from '../../ui/screen';
import { completed } from './link-address';
import classes from './link-popover.module.css';

interface Props {
  editor: Editor;
  opened: boolean;
  onClose: () => void;
}

interface Target {
  range: { index: number; length: number };
  /** The selection, which is restored afterwards. */
  from: { index: number; length: number };
  /** The words to link; empty if the address itself will be inserted. */
  words: string;
  address: string;
  exists: boolean;
}

/** Edits the address of a link: beside the words on wide screens, in a sheet on phones. */
export function LinkPopover({ editor, opened, onClose }: Props) {
  const phone = usePhone();
  const [target, setTarget] = useState<Target | null>(null);
  useEffect(() => {
    setTarget(opened ? targetOf(editor) : null);
  }, [opened, editor]);
  useEffect(() => {
    if (!target) return;
    editor.mark(target.range);
    return () => editor.mark(null);
  }, [editor, target]);
  const leave = () => {
    onClose();
    if (target) editor.select(target.from);
  };
  const done = () => {
    onClose();
    editor.focus();
  };
  if (!opened || !target) return null;
  const form = <LinkForm key={target.range.index} editor={editor} target={target} onDone={done} />;
  if (phone)
    return (
      <Dialog opened onClose={leave} title="Link">
        {form}
      </Dialog>
    );
  return (
    <Beside editor={editor} target={target} onClose={leave}>
      {form}
    </Beside>
  );
}

function targetOf(editor: Editor): Target {
  const range = editor.range() ?? { index: 0, length: 0 };
  const existing = editor.linkAt(range.index);
  const at = existing && range.length === 0 ? existing : range;
  const words = editor.textOf(at).replace(/\s+/g, ' ').trim();
  return { range: at, from: range, words, address: existing?.address ?? '', exists: existing !== null };
}

/** The gap between the popover and the words, and the edges of the window, px; and the height that header and toolbar cover. */
const gap = 8;
const header = 116;

/** Returns a position inside the window, even if the words are out of view. */
function within(place: number, least: number, most: number): number {
  return Math.max(least, Math.min(place, most));
}

function Beside({
  editor,
  target,
  onClose,
  children,
}: {
  editor: Editor;
  target: Target;
  onClose: () => void;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useEffect(() => {
    const put = () => {
      const bounds = editor.bounds(target.range);
      if (!bounds) return;
      const { offsetWidth: width = 360, offsetHeight: height = 0 } = box.current ?? {};
      const [right, bottom] = [window.innerWidth - width - gap, window.innerHeight - height - gap];
      const under = bounds.bottom + gap;
      const top = under <= bottom ? under : bounds.top - height - gap;
      setPlace({ left: within(bounds.left, gap, right), top: within(top, header, bottom) });
    };
    put();
    addEventListener('scroll', put, { passive: true });
    addEventListener('resize', put);
    return () => {
      removeEventListener('scroll', put);
      removeEventListener('resize', put);
    };
  }, [editor, target]);
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) onClose();
    };
    addEventListener('pointerdown', onPress, true);
    return () => removeEventListener('pointerdown', onPress, true);
  }, [onClose]);
  return (
    <div
      ref={box}
      role="dialog"
      aria-label="Link"
      className={classes.box}
      style={place}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>
  );
}

function whyRefused(address: string): string {
  if (/:\d{5,}([/?#]|$)/.test(address.trim())) return 'This address can’t be linked. A port is at most 65535.';
  return 'This address can’t be linked. It begins with https://, mailto: or tel:.';
}

function LinkForm({ editor, target, onDone }: { editor: Editor; target: Target; onDone: () => void }) {
  const [address, setAddress] = useState(target.address);
  const [refused, setRefused] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const whole = completed(address);
    if (whole === '') {
      if (target.exists) editor.commands.unlink(target.range);
      onDone();
    } else if (whole !== null && editor.commands.link(whole, target.range)) onDone();
    else setRefused(true);
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      {target.words && (
        <p className={classes.words} title={target.words}>
          {target.words}
        </p>
      )}
      <TextInput
        ref={field}
        data-autofocus
        aria-label="Address"
        placeholder="Address, such as example.org"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        value={address}
        error={refused ? whyRefused(address) : null}
        onChange={(event) => {
          setAddress(event.currentTarget.value);
          setRefused(false);
        }}
      />
      <Button type="submit" size="sm">
        {target.exists ? 'Change' : 'Link'}
      </Button>
      {target.exists && (
        <>
          <Button
            component="a"
            variant="subtle"
            size="sm"
            href={target.address}
            target="_blank"
            rel="noopener noreferrer"
          >
            Open
          </Button>
          <Button
            variant="subtle"
            size="sm"
            onClick={() => {
              editor.commands.unlink(target.range);
              onDone();
            }}
          >
            Remove
          </Button>
        </>
      )}
    </form>
  );
}
