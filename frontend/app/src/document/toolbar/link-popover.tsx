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
  address: string;
  exists: boolean;
}

/** Where a link leads: beside the words on wide screens, a sheet on phones. */
export function LinkPopover({ editor, opened, onClose }: Props) {
  const phone = usePhone();
  const [target, setTarget] = useState<Target | null>(null);
  useEffect(() => {
    setTarget(opened ? targetOf(editor) : null);
  }, [opened, editor]);
  const leave = () => {
    onClose();
    editor.focus();
  };
  if (!opened || !target) return null;
  const form = <LinkForm key={target.range.index} editor={editor} target={target} onDone={leave} />;
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
  const range = editor.getSnapshot().range ?? { index: 0, length: 0 };
  const existing = editor.linkAt(range.index);
  if (existing && range.length === 0) return { range: existing, address: existing.address, exists: true };
  return { range, address: existing?.address ?? '', exists: existing !== null };
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
      const width = box.current?.offsetWidth ?? 360;
      setPlace({ left: Math.max(8, Math.min(bounds.left, window.innerWidth - width - 8)), top: bounds.bottom + 8 });
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
        if (event.key === 'Escape') onClose();
      }}
    >
      {children}
    </div>
  );
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
      <TextInput
        ref={field}
        aria-label="Address"
        placeholder="Address, such as example.org"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        value={address}
        error={refused ? 'This address can’t be linked. It begins with https://, mailto: or tel:.' : null}
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
