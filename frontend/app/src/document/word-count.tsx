import { Popover } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Editor } from '../editor/editor';
import { count, countWords } from '../words';
import classes from './word-count.module.css';

/** The shortest time between two counts, ms: counting a long text takes some milliseconds. */
const rest = 400;
/** After this long, ms, a count continues that was too much for one turn: typing goes first. */
const between = 50;

/** The number of words at the lower left of the page; a click shows more. */
export function WordCount({ editor }: { editor: Editor }) {
  const words = useWords(editor);
  const [opened, setOpened] = useState(false);
  if (words === null) return null;
  return (
    <div className={classes.place}>
      <Popover opened={opened} onChange={setOpened} position="top-start" trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={classes.count}
            aria-haspopup="dialog"
            data-testid="words"
            onClick={() => setOpened(!opened)}
          >
            {count(words, 'word')}
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Counts">{opened && <Counts editor={editor} words={words} />}</Popover.Dropdown>
      </Popover>
    </div>
  );
}

function Counts({ editor, words }: { editor: Editor; words: number }) {
  const text = editor.text();
  const selected = editor.selectedText();
  const rows: [string, number][] = [
    ['Words', words],
    ['Characters', characters(text)],
    ['without spaces', characters(text.replace(/\s/g, ''))],
    ...(selected
      ? ([
          ['Words selected', countWords(selected)],
          ['Characters selected', characters(selected)],
        ] as [string, number][])
      : []),
  ];
  return (
    <dl className={classes.rows} tabIndex={0}>
      {rows.map(([name, number]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{number.toLocaleString('en')}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Counts characters as people do: an astral character is one, the last newline none. */
function characters(text: string): number {
  return [...text.replace(/\n/g, '')].length;
}

/** Returns the number of words, or null until those of a long text are counted. */
export function useWords(editor: Editor): number | null {
  const [words, setWords] = useState<number | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (ms: number) => {
      timer ??= setTimeout(count, ms);
    };
    const count = () => {
      timer = undefined;
      const sum = editor.words();
      if (sum === null) later(between);
      else setWords(sum);
    };
    count();
    const stop = editor.onText(() => later(rest));
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [editor]);
  return words;
}
