import {
  ActionIcon,
  Button,
  Input,
  InputWrapper,
  Menu,
  Modal,
  mergeThemeOverrides,
  PasswordInput,
  Popover,
  Select,
  Tabs,
  Tooltip,
} from '@mantine/core';
import { theme } from '../theme';
import controls from './controls.module.css';

/** The colours of a filled button. Mantine would put white on the dark theme's light accent, a contrast of 2.1 : 1. */
function paint(variant: string | undefined, color: unknown): Record<string, string> {
  const red = color === 'rubric';
  if (variant === undefined || variant === 'filled')
    return red
      ? { '--button-bg': 'var(--red)', '--button-hover': 'var(--red-hover)', '--button-color': 'var(--red-on)' }
      : {
          '--button-bg': 'var(--accent)',
          '--button-hover': 'var(--accent-hover)',
          '--button-color': 'var(--accent-on)',
        };
  if (variant === 'default')
    return {
      '--button-bg': 'transparent',
      '--button-hover': 'var(--hover)',
      '--button-color': 'var(--ink)',
      '--button-bd': '1px solid var(--line2)',
    };
  return {
    '--button-bg': 'transparent',
    '--button-hover': 'var(--hover)',
    '--button-color': red ? 'var(--red)' : 'var(--accent)',
  };
}

/** The theme with the defaults of the components we use. In a file of its own, because the build reads theme.ts without a DOM. */
export const uiTheme = mergeThemeOverrides(theme, {
  components: {
    Button: Button.extend({
      defaultProps: { size: 'md' },
      classNames: { root: controls.button, label: controls.buttonLabel, section: controls.buttonSection },
      vars: (_theme, props) => ({ root: paint(props.variant, props.color) as never }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: 'subtle', color: 'gray' },
      classNames: { root: controls.icon },
    }),
    Input: Input.extend({ classNames: { input: controls.input } }),
    InputWrapper: InputWrapper.extend({
      classNames: { label: controls.label, description: controls.description, error: controls.error },
    }),
    PasswordInput: PasswordInput.extend({
      classNames: { innerInput: controls.innerInput, visibilityToggle: controls.eye },
      defaultProps: { visibilityToggleButtonProps: { 'aria-label': 'Show the password', tabIndex: 0 } },
    }),
    Select: Select.extend({
      defaultProps: { allowDeselect: false, comboboxProps: { transitionProps: { transition: 'fade', duration: 90 } } },
      classNames: { dropdown: controls.menu, option: controls.option },
    }),
    Menu: Menu.extend({
      defaultProps: { transitionProps: { transition: 'fade', duration: 90 }, offset: 6, position: 'bottom-end' },
      classNames: {
        dropdown: controls.menu,
        item: controls.menuItem,
        itemSection: controls.menuSection,
        label: controls.menuLabel,
        divider: controls.menuDivider,
      },
    }),
    Popover: Popover.extend({
      defaultProps: { transitionProps: { transition: 'fade', duration: 90 }, offset: 6 },
      classNames: { dropdown: controls.popover },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 450, transitionProps: { transition: 'fade', duration: 90 }, offset: 6 },
      classNames: { tooltip: controls.tooltip },
    }),
    Tabs: Tabs.extend({
      classNames: { list: controls.tabList, tab: controls.tab },
    }),
    // lockScroll would write a <style>; base.css stops the page from scrolling instead.
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        transitionProps: { transition: 'pop', duration: 140 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
      classNames: {
        inner: controls.modalInner,
        content: controls.modalContent,
        header: controls.modalHeader,
        title: controls.modalTitle,
        body: controls.modalBody,
        close: controls.modalClose,
        overlay: controls.overlay,
      },
    }),
  },
});
