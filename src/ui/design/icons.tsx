/** The pictures of the interface, from lucide. */
export {
  Ear,
  EllipsisVertical as More,
  GraduationCap as Lessons,
  History as Timeline,
  Keyboard,
  Layers,
  Maximize2 as Maximise,
  Minimize2 as Restore,
  Network,
  Pause,
  Play,
  Plus,
  Search,
  SquareTerminal as Terminal,
  StepForward as Step,
  X as Cross,
} from 'lucide-react';
