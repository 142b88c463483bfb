export { TagsInput as TagsField } from '@mantine/core';
