import './editor.css';

export { createEditor } from './editor';
