import { Popover } from '@mantine/core';
import { cloneElement, type ReactElement, useState } from 'react';
import type { Formats } from '../../editor/commands';
import type { Editor } from '../../editor/editor';
import { Dialog } from '../../ui/dialog';
import { usePhone } from '../../ui/screen';
import classes from './colour-menu.module.css';
import { groundColours, textColours } from './tools';

interface Props {
  editor: Editor;
  formats: Formats;
  children: ReactElement<{ onClick?: () => void }>;
}

export function ColourMenu({ editor, formats, children }: Props) {
  const [opened, setOpened] = useState(false);
  const phone = usePhone();
  const target = cloneElement(children, { onClick: () => setOpened(!opened) });
  const swatches = <Swatches editor={editor} formats={formats} onDone={() => setOpened(false)} />;
  if (phone)
    return (
      <>
        {target}
        <Dialog opened={opened} onClose={() => setOpened(false)} title="Colours">
          {swatches}
        </Dialog>
      </>
    );
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom" trapFocus returnFocus>
      <Popover.Target>{target}</Popover.Target>
      <Popover.Dropdown aria-label="Colours">{swatches}</Popover.Dropdown>
    </Popover>
  );
}

export function Swatches({ editor, formats, onDone }: { editor: Editor; formats: Formats; onDone: () => void }) {
  const choose = (kind: 'color' | 'background', value: string | null) => {
    onDone();
    editor.commands.colour(kind, value);
  };
  return (
    <div className={classes.panel} data-autofocus tabIndex={-1}>
      <Row title="Text" kind="color" colours={textColours} chosen={formats.color} onChoose={choose} />
      <Row title="Marker" kind="background" colours={groundColours} chosen={formats.background} onChoose={choose} />
    </div>
  );
}

interface RowProps {
  title: string;
  kind: 'color' | 'background';
  colours: { name: string; value: string }[];
  chosen: unknown;
  onChoose: (kind: 'color' | 'background', value: string | null) => void;
}

function Row({ title, kind, colours, chosen, onChoose }: RowProps) {
  return (
    <fieldset>
      <legend className={classes.title}>{title}</legend>
      <div className={classes.swatches}>
        {colours.map(({ name, value }) => (
          <button
            key={value}
            type="button"
            className={classes.swatch}
            data-kind={kind}
            aria-label={name}
            title={name}
            aria-pressed={chosen === value}
            style={{ [`--chosen-${kind}`]: value } as never}
            onClick={() => onChoose(kind, value)}
          >
            A
          </button>
        ))}
        <button type="button" className={classes.none} disabled={!chosen} onClick={() => onChoose(kind, null)}>
          None
        </button>
      </div>
    </fieldset>
  );
}
