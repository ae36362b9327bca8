import { Modal } from '@mantine/core';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import classes from './dialog.module.css';
import { useOnTop } from './on-top';
import { useMedia } from './screen';
import { useBackCloses } from './use-back-closes';

interface Props {
  opened: boolean;
  /** Absent: the user cannot close it; it closes when what it shows is over. */
  onClose?: () => void;
  title: ReactNode;
  /** px, on wide screens; on phones every dialog is a bottom sheet. */
  width?: number;
  children: ReactNode;
  /** The first field gets the focus, unless a child has data-autofocus. */
  testId?: string;
}

/** A dialog; on phones a bottom sheet, which its cross, a swipe down or the back button closes. */
export function Dialog({ opened, onClose, title, width = 440, children, testId }: Props) {
  const close = onClose ?? (() => {});
  const sheet = useRef<HTMLDivElement>(null);
  const start = useRef<number | null>(null);
  useBackCloses(opened, close);
  const onTop = useOnTop(opened);
  const still = useMedia('(prefers-reduced-motion: reduce)');
  useLayoutEffect(() => {
    const page = document.documentElement;
    if (opened) page.toggleAttribute('data-scrolls', window.innerWidth > page.clientWidth);
  }, [opened]);
  const pull = (distance: number) => {
    const content = sheet.current?.closest<HTMLElement>('.mantine-Modal-content');
    if (content) content.style.translate = distance > 0 ? `0 ${distance}px` : '';
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      closeOnEscape={onTop}
      withCloseButton={onClose !== undefined}
      title={title}
      size={width}
      returnFocus
      // Mantine reads prefers-reduced-motion only after a dialog's first frame.
      transitionProps={{ transition: 'pop', duration: still ? 0 : 140 }}
    >
      <div
        ref={sheet}
        className={classes.grip}
        aria-hidden="true"
        onTouchStart={(event) => {
          start.current = event.touches[0]?.clientY ?? null;
        }}
        onTouchMove={(event) => {
          if (start.current !== null) pull((event.touches[0]?.clientY ?? start.current) - start.current);
        }}
        onTouchEnd={(event) => {
          const distance = start.current === null ? 0 : (event.changedTouches[0]?.clientY ?? 0) - start.current;
          start.current = null;
          pull(0);
          if (distance > 80) close();
        }}
      />
      <div data-testid={testId}>{children}</div>
    </Modal>
  );
}

/** The row of buttons at the end of a dialog. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={classes.buttons}>{children}</div>;
}
